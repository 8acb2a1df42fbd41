"""libcoveocds without a network: the validator that nobody here wrote, with the schemas that lie beside this file."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "schemas"
#: Codes of the open codelists of 1.1.5 that are used here; what is not among them is reported.
_OPEN = {
    "documentType": (
        "plannedProcurementNotice tenderNotice biddingDocuments clarifications bidders awardNotice cancellationDetails"
        " unsuccessfulDetails"
    ),
    "partyRole": "buyer procuringEntity supplier tenderer",
    "awardCriteria": "priceOnly ratedCriteria",
    "submissionMethod": "electronicSubmission written",
    "extendedProcurementCategory": "",
    "itemClassificationScheme": "",
    "unitClassificationScheme": "",
    "milestoneType": "",
    "relatedProcess": "",
    "relatedProcessScheme": "ocid",
}
_FOUND = (
    "validation_errors",
    "additional_fields",
    "additional_checks",
    "additional_open_codelist_values",
    "additional_closed_codelist_values",
    "conformance_errors",
    "structure_warnings",
    "deprecated_fields",
)


def problems(package: dict) -> dict[str, object]:
    """Everything that libcoveocds has to say against a package, by what it calls it; nothing of a good one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        check, config = _checker()
        found = check(json_data=package, lib_cove_ocds_config=config, schema_version="1.1")
    out = {name: found.get(name) for name in _FOUND if found.get(name)}
    extensions = found.get("extensions") or {}
    if extensions.get("invalid_extensions"):
        out["invalid_extensions"] = extensions["invalid_extensions"]
    return out


@cache
def _checker():
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig
    from ocdsextensionregistry import util

    for host in ("https://raw.githubusercontent.com/", "https://github.com/", "https://api.github.com/"):
        util.session.mount(host, _shelf())
    config = LibCoveOCDSConfig()
    config.config |= {"context": "api", "standard_zip": _standard()}
    return ocds_json_output, config


def _standard() -> bytes:
    """The archive of the standard as its repository gives it."""
    schema = json.loads((HERE / "standard" / "release-schema.json").read_text())
    lists = {f"{name}.csv": codes.split() for name, codes in _OPEN.items()} | _closed(schema)
    files = {f"schema/{path.name}": path.read_text() for path in (HERE / "standard").iterdir()}
    files |= {f"schema/codelists/{name}": _codelist(codes) for name, codes in lists.items()}
    # No record here has a versioned release.
    none = {"$schema": schema["$schema"], "not": {}}
    files["schema/versioned-release-validation-schema.json"] = json.dumps(none)
    return _archive(files)


def _closed(schema: dict) -> dict[str, list[str]]:
    """The closed codelists, as the schema itself enumerates them."""
    found = {}

    def walk(value):
        if isinstance(value, dict):
            if value.get("openCodelist") is False:
                codes = value.get("enum") or value["items"]["enum"]
                found[value["codelist"]] = [code for code in codes if code is not None]
            for inner in value.values():
                walk(inner)

    walk(schema)
    return found


def _codelist(codes) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Code", "Title"])
    writer.writerows([code, code] for code in codes)
    return out.getvalue()


def _archive(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/", "")
        for name, text in files.items():
            archive.writestr(f"archive/{name}", text)
    return out.getvalue()


def _shelf():
    """An adapter of ``requests`` that takes the extensions from the folder, and has nothing else."""
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPResponse

    class Shelf(HTTPAdapter):
        def send(self, request, **_):
            status, body = _lying(request.url)
            found = HTTPResponse(
                io.BytesIO(body), status=status, preload_content=False, request_url=request.url
            )
            return self.build_response(request, found)

    return Shelf()


def _lying(url: str) -> tuple[int, bytes]:
    for name, folder in (("ocds_lots_extension", "lots"), ("ocds_bid_extension", "bids")):
        if name in url:
            home = HERE / folder
            if url.rsplit("/", 1)[-1].startswith("v1.1.5"):
                files = {str(p.relative_to(home)): p.read_text() for p in home.rglob("*") if p.is_file()}
                return 200, _archive(files)
            path = home / url.split("/v1.1.5/", 1)[-1]
            if path.is_file():
                return 200, path.read_bytes()
    return 404, b""
