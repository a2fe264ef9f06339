"""What each shell passes at a TAB, and how candidates are written for it.

The classes of click are extended by four things: a candidate of the type ``nospace`` is not followed by a
blank, words in bash are taken out of its line, quotes and all, the line is passed on, and a value behind
``--option=`` is offered with its option."""

from __future__ import annotations

import os
import re
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from matui.cli.completion.known_rows import TypedLine

NO_SPACE = "nospace"
_PROFILE_OPTIONS = ("-p", "--profile")
_FILES = ("file", "dir")
_SIGNED = ("--sort",)  # the options whose values may begin with -
_BLANKS = " \t\n"
_BREAKS = " \t\n\"'><=;|&(:"  # of readline; without @, which begins the completion of hosts
_SPECIAL = re.compile(r"([\s\"'\\<>|&;()$`*?!#~{}\[\]])")

_ESCAPED = r"\\\1"

_BASH = """\
%(complete_func)s() {
    local response type value
    response=$(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDS="${COMP_WORDS[*]}" \
COMP_CWORD=$COMP_CWORD COMP_WORDBREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete $1)
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            nospace) compopt -o nospace; COMPREPLY+=("$value") ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done <<< "$response"
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain described unfinished response
    local type key descr
    (( ! $+commands[%(prog_name)s] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[1,CURRENT]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s)}")
    for type key descr in ${response}; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            nospace) unfinished+=("$key") ;;
            plain)
                if [[ "$descr" == "_" ]]; then
                    plain+=("$key")
                else
                    described+=("$key":"$descr")
                fi
                ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#unfinished )) && compadd -U -S '' -V unfinished -a unfinished
    (( $#plain )) && compadd -U -V plain -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
_FISH = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
COMP_CWORD=(commandline -ct) %(prog_name)s)
    for completion in $response
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain nospace
                echo $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""
_SHELLS = ("bash", "zsh", "fish")


class _PassesLine(ShellComplete):
    """Passes on what is typed: click drops global options after a command, and words before an option."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the candidates for a word."""
        self.ctx_args = {**self.ctx_args, "obj": TypedLine(_find_profile(args), tuple(args))}
        option, equals, value = incomplete.partition("=")
        if equals and option.startswith("--") and "--" not in args:
            items = self.get_completions([*args, option], value)
            return [_put_after(f"{option}=", item) for item in items]
        if incomplete.startswith("-") and args and args[-1] in _SIGNED:  # click takes it for an option
            items = super().get_completions(args, incomplete[1:])
            return [_put_after("-", item) for item in items]
        return super().get_completions(args, incomplete)


class MatuiBash(_PassesLine, BashComplete):
    """Completion in bash, which replaces what stands after the last of its word breaks or an open quote."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the one at it, without quotes."""
        line = os.environ.get("COMP_LINE", "")
        if not line:
            return super().get_completion_args()
        words, _kept, _quote = split_line(line, os.environ.get("COMP_WORDBREAKS", _BREAKS))
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return ``type,value`` with the part of the value that bash inserts."""
        _words, kept, quote = split_line(
            os.environ.get("COMP_LINE", ""), os.environ.get("COMP_WORDBREAKS", _BREAKS)
        )
        value = str(item.value)
        if value.startswith(kept):
            value = value[len(kept) :]
        return f"{item.type},{value if quote else _SPECIAL.sub(_ESCAPED, value)}"


class MatuiZsh(_PassesLine, ZshComplete):
    """Completion in zsh, which quotes what it inserts."""

    source_template = _ZSH


class MatuiFish(_PassesLine, FishComplete):
    """Completion in fish, which quotes what it inserts."""

    source_template = _FISH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the one at it, without quotes."""
        words, _kept, _quote = split_line(os.environ["COMP_WORDS"], "")
        return words[1:-1], words[-1]


SHELLS: dict[str, type[ShellComplete]] = {"bash": MatuiBash, "zsh": MatuiZsh, "fish": MatuiFish}


def register() -> None:
    """Let click use these classes."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)


def split_line(line: str, breaks: str) -> tuple[list[str], str, str]:
    """Return the words of a line up to the cursor, the part of the last that stays, and the open quote.

    The last word is ``""`` after a blank. What stays ends at the last of the ``breaks`` outside quotes, or
    where the quote opens.
    """
    words, word, kept, quote, has_word = [], "", "", "", False
    signs = iter(line)
    for sign in signs:
        if quote:
            if sign == quote:
                quote = ""
            elif sign == "\\" and quote == '"':
                word += next(signs, "")
            else:
                word += sign
        elif sign in "\"'":
            quote, kept, has_word = sign, word, True
        elif sign in _BLANKS:
            if has_word:
                words.append(word)
            word, kept, has_word = "", "", False
        else:
            word += next(signs, "") if sign == "\\" else sign
            has_word = True
            if sign in breaks:
                kept = word
    return [*words, word], kept, quote


def _put_after(begin: str, item: CompletionItem[Any]) -> CompletionItem[Any]:
    """Return the candidate for a whole word that begins so: zsh and fish replace whole words.

    One for files has no text of its own.
    """
    if item.type in _FILES:
        return item
    return CompletionItem(f"{begin}{item.value}", item.type, item.help)


def _find_profile(args: list[str]) -> str:
    """Return the value of the last ``-p``, ``""`` without one."""
    found = ""
    for option, value in zip(args, [*args[1:], ""], strict=False):
        if option in _PROFILE_OPTIONS:
            found = value
        elif option.startswith("--profile="):
            found = option.partition("=")[2]
    return found


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands, options, kinds, profiles, filters and known names.

    \b
    bash: source <(matui completion bash)      in ~/.bashrc
    zsh:  source <(matui completion zsh)       in ~/.zshrc, after compinit
    fish: matui completion fish | source       in ~/.config/fish/config.fish
    """
    # The template alone: click's own check of bash's version prints to stderr where bash is missing.
    completer = SHELLS[shell](ctx.find_root().command, {}, "matui", "_MATUI_COMPLETE")
    click.echo(completer.source_template % completer.source_vars())
