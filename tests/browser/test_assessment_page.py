"""The assessment's page: two people write in one section, nothing is lost, and the document is made and saved."""

import io
import shutil

import pytest
from docx import Document
from playwright.sync_api import expect

from .conftest import DEMONSTRATION, PHONE, Served


@pytest.fixture(scope="module")
def own_store(tmp_path_factory):
    """A copy of the demonstration, because people write beside it."""
    store = tmp_path_factory.mktemp("written") / "store"
    shutil.copytree(DEMONSTRATION, store)
    served = Served(store)
    yield served.address
    served.close()


def test_two_people_write_and_the_document_holds_both(arrive, own_store):
    first, second = arrive(address=own_store), arrive(address=own_store, viewport=PHONE)
    one, two = first.go("/assessment"), second.go("/assessment")
    expect(one.locator("[data-section=places] .found > ul > li").first).to_be_visible(timeout=60_000)
    saved = one.locator("#status-places")
    expect(two.locator("#commentary-places")).to_be_enabled()

    one.fill("#commentary-places", "The first person’s words, with 4,321 of something.")
    one.click("[data-section=places] [data-action=commentary-save]")
    expect(saved).to_contain_text("version 1")
    two.fill("#commentary-places", "The second person’s words.")
    two.locator("#commentary-places").blur()
    conflict = two.locator("[data-section=places] .conflict")
    expect(conflict).to_contain_text("The first person’s words")
    assert two.input_value("#commentary-places") == "The second person’s words."
    conflict.get_by_role("button", name="Keep both").click()
    expect(two.locator("#status-places")).to_contain_text("version 2")

    one.reload()
    expect(one.locator("#commentary-places")).to_have_value(
        "The first person’s words, with 4,321 of something.\n\nThe second person’s words."
    )
    expect(one.locator("[data-section=summary] .notice")).to_contain_text(["4,321"], timeout=60_000)
    with one.expect_download(timeout=120_000) as begun:
        one.click("[data-kind=docx]")
    texts = [paragraph.text for paragraph in Document(io.BytesIO(begun.value.path().read_bytes())).paragraphs]
    assert any(text.startswith("The first person’s words") for text in texts)
    assert any(text.startswith("The second person’s words.") for text in texts)
    assert begun.value.suggested_filename.endswith("_2024-01_2024-12.docx")
    expect(one.locator("#assessment-doing")).to_contain_text("Ready")

    one.fill("#keep-name", "Board 2024")
    one.click("[data-action=assessment-keep]")
    expect(one.locator("#keep-said")).to_contain_text("Kept as “Board 2024”", timeout=60_000)
    expect(one.locator("#assessment-since")).to_contain_text("Board 2024")
    assert two.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
