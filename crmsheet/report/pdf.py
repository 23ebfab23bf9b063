"""The Word report as PDF, printed by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from crmsheet.errors import ProgramFailed, ProgramMissing

PROGRAMS = ("soffice", "libreoffice")
PATIENCE = 180  # seconds; the first start on a slow machine takes a minute


def pdf_document(docx: bytes) -> bytes:
    """The .docx as PDF; ``ProgramMissing`` where there is no LibreOffice.

    It runs in a profile of its own: a second call on the user's profile writes nothing and reports success.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ProgramMissing(program="LibreOffice")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "report.docx")
        source.write_bytes(docx)
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--norestore",
        ]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except (subprocess.TimeoutExpired, OSError) as reason:
            raise ProgramFailed(program="LibreOffice", reason=reason) from reason
        printed = source.with_suffix(".pdf")
        if not printed.exists():
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}"
            raise ProgramFailed(program="LibreOffice", reason=said)
        return printed.read_bytes()
