"""The forms of ModelArts: what can be edited, created and run again, and the requests made of them."""
