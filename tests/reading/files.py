"""Files as people upload them, made in memory."""

from __future__ import annotations

import io
import zipfile

from docx import Document
from pypdf import PdfWriter


def pdf_of(*lines: str) -> bytes:
    """Return a PDF page that shows these lines; without a table of its objects."""
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET"
    return (
        "%PDF-1.4\n"
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        f"4 0 obj<</Length {len(stream)}>>stream\n{stream}\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF"
    ).encode("latin-1")


def empty_pdf(*, password: str = "") -> bytes:
    """Return a PDF with a page that holds no text, like a scan; perhaps locked."""
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    return _saved(writer.write)


def word_of(*lines: str, bullets: tuple[str, ...] = (), cell: str = "") -> bytes:
    """Return a Word file with paragraphs, a list and a table."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    for line in bullets:
        document.add_paragraph(line, style="List Bullet")
    if cell:
        document.add_table(1, 1).rows[0].cells[0].text = cell
    return _saved(document.save)


def archive_of(**entries: bytes) -> bytes:
    """Return a ZIP archive; `__` in a name stands for a slash, `_xml` for .xml."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


def _saved(save) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()
