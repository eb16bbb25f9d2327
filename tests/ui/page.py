"""A rendered page, read the way a browser reads it."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

VOID = frozenset({"input", "meta", "link", "br", "hr", "img"})
LABELABLE = frozenset({"input", "select", "textarea"})
NAMES = ("aria-label", "aria-labelledby", "title")


@dataclasses.dataclass
class Element:
    """A tag with its attributes, its parent and all text within."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    text: str = ""

    def within(self, tag: str) -> bool:
        return self.parent is not None and (
            self.parent.tag == tag or self.parent.within(tag)
        )

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()


class Page(HTMLParser):
    """All elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self._open: Element | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        element = Element(tag, values, self._open)
        self.elements.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, values, self._open))

    def handle_endtag(self, tag):
        assert self._open is not None, f"</{tag}> closes nothing"
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        self._open = self._open.parent

    def handle_data(self, data):
        element = self._open
        while element is not None:
            element.text += data
            element = element.parent

    @property
    def is_balanced(self) -> bool:
        return self._open is None

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def ids(self) -> list[str]:
        found = [element.attributes.get("id") for element in self.elements]
        return [id_ for id_ in found if id_]

    @property
    def unlabelled_fields(self) -> list[dict[str, str]]:
        targets = {label.attributes.get("for") for label in self.all("label")}
        return [
            field.attributes
            for field in self.all(*LABELABLE)
            if field.attributes.get("type") != "hidden"
            and field.attributes.get("id") not in targets
            and not any(name in field.attributes for name in NAMES)
            and not field.within("label")
        ]


def render(template: str, context: dict, *, path: str = "/") -> Page:
    """Return the page that a view would answer with."""
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return Page(render_to_string(template, context, request=request))
