"""Tables of rules that mask a secret by its form, one file for each place where secrets stand."""
