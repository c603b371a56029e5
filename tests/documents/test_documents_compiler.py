"""The process behind the PDFs: its limits, its end and its return."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventhub.documents import (
    CompileFailed,
    Compiler,
    Limits,
    Paragraph,
    TimedOut,
    TooLarge,
    render_pdf,
    render_template,
)
from tests.documents.dossiers import EDITION, make_document

ENDLESS = "#for i in range(9000) { for j in range(9000) { for k in range(9000) { (i + j + k,) } } }"
GREEDY = '#let a = "x" * 100000000\n#for i in range(50) { let b = a + str(i); [#b.len()] }\n#(a * 50).len()'
HELLO = make_document(Paragraph("Bonjour"))


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    one = Compiler()
    yield one
    one.close()


def process_of(compiler: Compiler) -> subprocess.Popen[bytes]:
    assert compiler._child is not None
    return compiler._child.process


def test_a_document_beyond_its_time_is_stopped_and_the_next_one_is_made() -> None:
    hurried = Compiler(Limits(seconds=2))
    before = render_pdf(HELLO, timestamp=EDITION, compiler=hurried)
    with pytest.raises(TimedOut) as stopped:
        render_template(ENDLESS, {}, timestamp=EDITION, compiler=hurried)
    assert stopped.value.seconds == 2
    assert render_pdf(HELLO, timestamp=EDITION, compiler=hurried) == before
    hurried.close()


def test_a_document_beyond_its_memory_is_stopped_and_the_next_one_is_made() -> None:
    small = Compiler(Limits(memory=256 << 20))
    with pytest.raises(TooLarge) as stopped:
        render_template(GREEDY, {}, timestamp=EDITION, compiler=small)
    assert (stopped.value.what, stopped.value.limit) == ("memory", 256 << 20)
    assert render_pdf(HELLO, timestamp=EDITION, compiler=small).pdf.startswith(b"%PDF")
    small.close()


def test_input_and_output_have_their_limits() -> None:
    modest = Compiler(Limits(input=10_000, output=5_000))
    with pytest.raises(TooLarge) as stopped:
        render_pdf(make_document(Paragraph("é" * 5_001)), timestamp=EDITION, compiler=modest)
    assert stopped.value.what == "input"
    with pytest.raises(TooLarge) as stopped:
        render_pdf(HELLO, timestamp=EDITION, compiler=modest)
    assert stopped.value.what == "output"
    modest.close()


def test_a_child_that_was_killed_between_two_documents_is_replaced(compiler: Compiler) -> None:
    before = render_pdf(HELLO, timestamp=EDITION, compiler=compiler)
    first = process_of(compiler)
    os.kill(first.pid, signal.SIGKILL)
    assert render_pdf(HELLO, timestamp=EDITION, compiler=compiler) == before
    assert process_of(compiler).pid != first.pid


def test_the_child_stays_warm_and_leaves_nothing_behind(compiler: Compiler) -> None:
    render_pdf(HELLO, timestamp=EDITION, compiler=compiler)
    first = process_of(compiler)
    render_pdf(make_document(Paragraph("Encore")), timestamp=EDITION, compiler=compiler)
    assert process_of(compiler) is first
    assert compiler._child is not None
    folder = compiler._child.folder
    assert folder.is_dir()
    compiler.close()
    assert first.returncode is not None
    assert not folder.exists()


def test_a_child_that_has_spent_half_its_memory_makes_room_for_another() -> None:
    small = Compiler(Limits(memory=128 << 20))
    kept = []
    for edition in range(8):
        many = make_document(*(Paragraph(f"Édition {edition}, texte {number}. " * 60) for number in range(60)))
        assert render_pdf(many, timestamp=EDITION, compiler=small).pdf.startswith(b"%PDF")
        kept.append(small._child is not None)
    assert False in kept
    small.close()


def test_what_typst_says_is_kept_for_the_author_and_out_of_the_log(compiler: Compiler) -> None:
    with pytest.raises(CompileFailed) as failure:
        render_template('#panic("Jana")', {}, timestamp=EDITION, compiler=compiler)
    assert failure.value.message == "panicked with: Jana"
    assert str(failure.value) == "the document does not compile"


@pytest.mark.parametrize(
    "reach",
    [
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        '#image("/proc/self/environ")',
        '#import "@preview/cetz:0.3.0": *',
        '#import "@local/cetz:0.3.0": *',
    ],
)
def test_a_template_reaches_nothing_outside_its_root(compiler: Compiler, reach: str) -> None:
    with pytest.raises(CompileFailed) as failure:
        render_template(reach, {}, timestamp=EDITION, compiler=compiler)
    assert any(word in failure.value.message for word in ("not found", "escape", "failed to download"))


def test_the_root_holds_the_templates_and_no_links(compiler: Compiler) -> None:
    render_pdf(HELLO, timestamp=EDITION, compiler=compiler)
    assert compiler._child is not None
    assert sorted(path.name for path in compiler._child.root.iterdir()) == ["base.typ", "document.typ"]
    assert not any(path.is_symlink() for path in compiler._child.root.iterdir())


def test_a_file_of_a_job_has_a_plain_name(compiler: Compiler) -> None:
    for name in ("../x.png", "/x.png", "base.typ", "a/b.svg"):
        with pytest.raises(ValueError, match="not the name of an image"):
            render_template("", {}, timestamp=EDITION, files={name: b""}, compiler=compiler)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
def test_the_child_knows_none_of_the_site_s_secrets(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTHUB_SECRET_KEY", "sentinel")
    render_pdf(HELLO, timestamp=EDITION, compiler=compiler)
    environment = Path(f"/proc/{process_of(compiler).pid}/environ").read_text()
    assert "sentinel" not in environment
    assert "RAYON_NUM_THREADS=2" in environment


def test_threads_get_each_its_own_document(compiler: Compiler) -> None:
    documents = [make_document(Paragraph(f"Personne {number}")) for number in range(12)]
    alone = [render_pdf(document, timestamp=EDITION, compiler=compiler).pdf for document in documents]
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = render_pdf(documents[number], timestamp=EDITION, compiler=compiler).pdf

    threads = [threading.Thread(target=make, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [made[number] for number in range(12)] == alone


def run_script(script: str) -> str:
    """Run a fresh interpreter: forks and imports are no business of the one that runs the tests."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def test_the_site_never_imports_typst_and_starts_nothing_before_the_first_document() -> None:
    assert (
        run_script(
            """
            import sys
            from tests.documents.dossiers import EDITION, make_document
            from eventhub.documents import pdf, render_pdf, render_html
            render_html(make_document())
            print(pdf._compiler._child, "fontTools" in sys.modules)
            render_pdf(make_document(), timestamp=EDITION)
            print(pdf._compiler._child is not None, "typst" in sys.modules)
            """
        )
        == "None False\nTrue False\n"
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_worker_starts_its_own_child_and_leaves_the_parent_s_alone() -> None:
    assert (
        run_script(
            """
            import os, sys, warnings
            warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads
            from tests.documents.dossiers import EDITION, make_document
            from eventhub.documents import Paragraph, pdf, render_pdf
            document = make_document(Paragraph("Bonjour"))
            before = render_pdf(document, timestamp=EDITION)
            child = pdf._compiler._child.process.pid
            pdf._compiler._lock.acquire()  # as another thread might hold it at the moment of the fork
            if (worker := os.fork()) == 0:
                same = render_pdf(document, timestamp=EDITION) == before
                own = pdf._compiler._child.process.pid != child
                sys.exit(0 if same and own else 1)
            print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
            pdf._compiler._lock.release()
            print(render_pdf(document, timestamp=EDITION) == before, pdf._compiler._child.process.pid == child)
            """
        )
        == "0\nTrue True\n"
    )
