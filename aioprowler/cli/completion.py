"""`aioprowler completion`, and what completes a command line: the shells ask the program, which knows what there is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from aioprowler.cli.commands import COMMANDS
from aioprowler.cli.help import arguments_of, described, spellings, subcommands, words_of
from aioprowler.cli.values import values_of

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.argument import Argument

Shell = Literal["bash", "zsh", "fish"]
Candidate = tuple[str, str]
"""A word, and what it is; empty where the word says it."""

SCRIPTS: Final[Mapping[Shell, str]] = {
    "bash": """\
_aioprowler() {
    local IFS=$'\\n'
    COMPREPLY=($(aioprowler __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _aioprowler aioprowler
""",
    "zsh": """\
#compdef aioprowler
_aioprowler() {
    local -a found
    found=("${(@f)$(aioprowler __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -z ${found[1]} ]]; then
        _files
        return
    fi
    found=("${(@)found//:/\\\\:}")
    found=("${(@)${(@)found/$'\\t'/:}%:}")
    _describe 'aioprowler' found
}
if [[ ${funcstack[1]} = _aioprowler ]]; then _aioprowler "$@"; else compdef _aioprowler aioprowler; fi
""",
    "fish": """\
function __aioprowler_complete
    set -l found (aioprowler __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
    if test -n "$found[1]"
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c aioprowler -f -a '(__aioprowler_complete)'
""",
}
"""Where the program knows of nothing, the shells complete names of files."""

Named = Annotated[Shell, Parameter(name="SHELL", help="bash, zsh or fish.")]


def completion(shell: Named, /) -> None:
    """Print what lets a shell complete commands, options and what they take.

    Completed are check ids, services, categories, compliance frameworks, regions, profiles and the like, as the
    installed version has them.

    To have it in each new shell:
      bash   echo 'source <(aioprowler completion bash)' >> ~/.bashrc
      zsh    echo 'source <(aioprowler completion zsh)' >> ~/.zshrc, below compinit
      fish   aioprowler completion fish > ~/.config/fish/completions/aioprowler.fish
    """
    sys.stdout.write(SCRIPTS[shell])


def candidates(words: Sequence[str]) -> Iterator[Candidate]:
    """What the last of the words, which stand after the program's name, may become. `--option=` counts as two words,
    and bash makes three of it.
    """
    *before, current = [*words[:-1], words[-1].removeprefix("=")] if words else [""]
    before = [word for word in before if word != "="]
    option, equals, _ = current.partition("=")
    is_joined = option.startswith("--") and bool(equals)
    found = _candidates([*before, option] if is_joined else before, "" if is_joined else current)
    for word, about in found:
        whole = f"{option}={word}" if is_joined else word
        if whole.startswith(current):
            yield whole, about


def _candidates(before: Sequence[str], current: str) -> Iterable[Candidate]:
    from aioprowler.cli.parser import program

    app = program()
    chain, apps, _ = app.parse_commands(words_of(before))
    command = apps[-1]
    if not chain:
        return COMMANDS.items()
    if command.default_command is None:
        return described(app, chain).blocks["Commands"] if subcommands(command) else ()
    return _arguments(command, before[len(chain) :], current)


def _arguments(command: App, before: Sequence[str], current: str) -> Iterator[Candidate]:
    arguments = arguments_of(command)
    if current.startswith("-"):
        yield from ((name, each.parameter.help or "") for each in arguments for name in spellings(each))
        return
    asked = _asked(arguments, before)
    if asked is not None:
        yield from ((word, "") for word in values_of(asked))


def _asked(arguments: Sequence[Argument], before: Sequence[str]) -> Argument | None:
    """What the next word belongs to: the last option, if it takes one more, else the next operand."""
    options = {name: each for each in arguments for name in spellings(each)}
    place = max((place for place, word in enumerate(before) if word.startswith("-")), default=-1)
    option = options.get(before[place]) if place >= 0 else None
    if option is not None and option.hint is not bool:
        _, takes_many = option.token_count()
        if takes_many or place == len(before) - 1:
            return option
    operands = [each for each in arguments if not spellings(each)]
    given = len(before) if place < 0 else place
    return operands[min(given, len(operands) - 1)] if operands else None
