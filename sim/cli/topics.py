"""The topics of `sim explain`: the pages of `sim/docs` and their sections, found by the words that a reader asks with.

Owns how a page is cut into sections, and which of them a question means. Error codes and keys of files are explained by
`sim.language.codes`; `commands/explain.py` prints.

A page is called by the name of its file, a section by its heading in small letters with hyphens, or by the words of a
comment below the heading: `<!-- topics: branch, pending rule -->`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, join, normpath

GROUPS = {
    "tutorial": "Tutorial: learn by doing",
    "how-to": "How to: a task, step by step",
    "reference": "Reference: everything that may be written",
    "explanation": "Explanation: what it means, and why",
    "": "The project",
}
INDEX = "index.md"
MOST_LISTED = 12
_HEADING = re.compile(r"(#{1,4}) (.+)")
_WORDS = re.compile(r"<!-- topics: (.+?) -->")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^()\s]*)\)")


@dataclass(frozen=True, slots=True)
class Topic:
    """A page, or a section of one. `names` are what it may be asked by, the best first; `text` is Markdown."""

    page: str
    title: str
    level: int
    names: tuple[str, ...]
    text: str

    @property
    def stem(self) -> str:
        return self.page.rpartition("/")[2].removesuffix(".md")

    @property
    def folder(self) -> str:
        """The first folder of the page's path; none of a page beside the index."""
        return self.page.partition("/")[0] if "/" in self.page else ""

    @property
    def asked(self) -> str:
        """What to write after `sim explain`."""
        name = self.names[0].replace(" ", "-")
        return name if self.level == 1 or name.startswith(f"{self.stem}.") else f"{self.stem}.{name}"

    @property
    def about(self) -> str:
        """The first sentence below the heading."""
        for paragraph in self.text.split("\n\n")[1:]:
            if re.match(r"(?!```)[\w`*\[(]", paragraph):
                plain = re.sub(r"[*`]", "", _LINK.sub(r"\2", " ".join(paragraph.split())))
                return re.split(r"(?<=[.?]) ", plain)[0]
        return self.title


def anchor(heading: str) -> str:
    """Return the anchor that a site gives to a heading: `Rights in a bucket` has `rights-in-a-bucket`.

    >>> anchor("`rules.clock`: when it fires")
    'rulesclock-when-it-fires'
    """
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


@cache
def pages() -> dict[str, str]:
    """Return the Markdown of every page by its path below `sim/docs`, such as `reference/priors.md`."""
    return dict(sorted(_pages_in(files("sim") / "docs", "")))


def _pages_in(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _pages_in(item, f"{above}{item.name}/")
        elif item.name.endswith(".md"):
            yield above + item.name, item.read_text(encoding="utf-8")


@cache
def topics() -> tuple[Topic, ...]:
    """Return all pages, each followed by its sections."""
    return tuple(topic for page, text in pages().items() for topic in topics_of(page, text))


def topics_of(page: str, text: str) -> list[Topic]:
    """Cut a page into itself and its sections, each with those below it."""
    lines = text.splitlines()
    headings = []
    fenced = False
    for number, line in enumerate(lines):
        fenced ^= line.lstrip().startswith("```")
        if not fenced and (found := _HEADING.fullmatch(line)):
            headings.append((number, len(found[1]), found[2]))
    made = []
    for place, (begin, level, title) in enumerate(headings):
        end = next((at for at, other, _ in headings[place + 1 :] if other <= level), len(lines))
        words = next((found for line in lines[begin + 1 : begin + 3] if (found := _WORDS.fullmatch(line))), None)
        own = page.rpartition("/")[2].removesuffix(".md") if level == 1 else anchor(title)
        more = words[1].split(", ") if words else []
        names = (own, *more) if level == 1 or own == title else (*more, own)
        body = "\n".join(line for line in lines[begin:end] if not _WORDS.fullmatch(line)).strip()
        body = re.sub(r"\n{3,}", "\n\n", body)
        made.append(Topic(page=page, title=title.replace("`", ""), level=level, names=names, text=body))
    return made


def find(asked: str) -> list[Topic]:
    """Return the topics that a question names: those whose name fits best."""
    if exact := [topic for topic in topics() if topic.asked == asked]:
        return exact
    words = _words(asked)
    ranked = [(rank, topic) for topic in topics() if (rank := _rank(topic, words)) is not None]
    best = min((rank for rank, _ in ranked), default=0)
    return [topic for rank, topic in ranked if rank == best]


def titled(asked: str) -> list[Topic]:
    """Return the topics that have the words of a question in their title, those about error codes last."""
    words = _words(asked)
    found = [topic for topic in topics() if words and words <= _words(topic.title)]
    return sorted(found, key=lambda topic: ("/codes/" in topic.page, topic.level))


def entries_of(page: Topic) -> list[str]:
    """Return the words of the language that a page of the reference is made of, such as `poisson`; of others none."""
    titles = [one.title for one in topics() if one.page == page.page and one.level == 2]
    return titles if all(title == anchor(title) for title in titles) else []


def mentioning(asked: str) -> list[Topic]:
    """Return the smallest sections in whose text the words stand together."""
    wanted = re.compile(rf"\b{re.escape(asked)}\b", re.IGNORECASE)
    found = [topic for topic in topics() if topic.level > 1 and wanted.search(topic.text)]
    return [one for one in found if not any(other is not one and other.text in one.text for other in found)]


def _rank(topic: Topic, words: Counter[str]) -> int | None:
    """Return how well a topic's name fits: 0 a page, 1 an entry or a word given to a section, 2 its heading; or None.

    A section may be asked for with the name of its page, too: `prior.lognormal`.
    """
    page: Counter[str] = Counter() if topic.level == 1 else _words(topic.stem)
    for name in topic.names:
        if _words(name) <= words <= _words(name) + page:
            if topic.level == 1:
                return 0
            return 2 if name == anchor(topic.title) and not topic.page.startswith("reference/") else 1
    return None


def _words(text: str) -> Counter[str]:
    """Return the words of a text without their plural."""
    return Counter(re.sub(r"(?<=[a-z]{3})s$", "", word) for word in re.split(r"[\s.,:;?'`-]+", text.lower()) if word)


def for_reading(topic: Topic) -> str:
    """Return a topic's Markdown for a terminal: a link becomes the command that shows its target, a picture goes."""

    def written(link: re.Match[str]) -> str:
        picture, text, target = link.groups()
        if picture:
            return ""
        line = link.string[link.string.rfind("\n", 0, link.start()) + 1 :]
        if line.startswith("|"):  # a row of a table has no room
            return text
        path, _, at = target.partition("#")
        page = normpath(join(dirname(topic.page), path)) if path else topic.page
        if page not in pages():
            return f"{text} ({target})" if "://" in target and text != target else text
        there = next((one for one in topics_of(page, pages()[page]) if anchor(one.title) == at), None)
        name = there.asked if there else page.rpartition("/")[2].removesuffix(".md")
        return f"{text} (`sim explain {name}`)"

    parts = re.split(r"(^```.*?^```$)", topic.text, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if part.startswith("```") else _LINK.sub(written, part) for part in parts)


def listed(found: Sequence[Topic]) -> str:
    """Return two lines for each topic: how to ask for it, and what it is."""
    titles = {topic.page: topic.title for topic in topics() if topic.level == 1}
    lines = [f"sim explain {topic.asked}\n    {titles[topic.page]}: {topic.about}" for topic in found[:MOST_LISTED]]
    left = len(found) - MOST_LISTED
    return "\n".join([*lines, f"and {left} more: ask with another word beside it"] if left > 0 else lines)
