"""Styles, modules and pictures under an address that changes with their content, so browsers may keep them for good."""

import hashlib
import mimetypes
import posixpath
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

STATIC: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml"}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_SWAGGER_PACKAGE: Final = "fastapi_offline"
_SWAGGER_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css")
_IMPORT: Final = re.compile(r'from "(\.[^"]+)"')


def swagger_files() -> dict[str, Path]:
    """Swagger UI's own files come from a package; nothing of it is kept in this repository."""
    spec = find_spec(_SWAGGER_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(_SWAGGER_PACKAGE)
    folder = Path(spec.origin).parent / "static"
    return {f"swagger/{name}": folder / name for name in _SWAGGER_FILES}


class Assets:
    """The known files by name; anything else does not exist, so no path can lead out of the folder."""

    def __init__(self, folder: Path = STATIC, extra: dict[str, Path] | None = None) -> None:
        own = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        self._files = {**own, **(extra or {})}
        digest = hashlib.sha256()
        for name, path in self._files.items():
            digest.update(name.encode() + path.read_bytes())
        self.version = digest.hexdigest()[:12]
        self._modules: dict[str, tuple[str, ...]] = {}

    def __call__(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that is not there: a page never links into nothing."""
        self._files[name]
        return f"/static/{self.version}/{name}"

    def modules(self, entry: str) -> tuple[str, ...]:
        """The addresses of module `entry` and of all it imports: preloaded together, none waits for another."""
        if entry not in self._modules:
            self._modules[entry] = tuple(self(name) for name in self._imported(f"js/{entry}.js", {}))
        return self._modules[entry]

    def _imported(self, name: str, found: dict[str, None]) -> dict[str, None]:
        if name not in found:
            found[name] = None
            for far in _IMPORT.findall(self._files[name].read_text(encoding="utf-8")):
                self._imported(posixpath.normpath(posixpath.join(posixpath.dirname(name), far)), found)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def file(self, name: str) -> Path | None:
        return self._files.get(name)


def media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def routes(assets: Assets) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{version}/{name:path}")
    async def asset(version: str, name: str) -> Response:
        path = assets.file(name)
        if path is None:
            raise HTTPException(404)
        kept = _FOR_GOOD if version == assets.version else "no-cache"
        return FileResponse(path, media_type=media_type(path), headers={"Cache-Control": kept})

    @router.get("/favicon.ico")
    async def favicon(_request: Request) -> Response:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    return router
