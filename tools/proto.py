"""Builds `gen/` from `proto/`, and the descriptor images that buf checks.

Promise: needs nothing but the locked packages and no network; the same input gives the same files.
The field rules' own `validate.proto` comes in no wheel as text: its descriptor is taken out of the installed
protovalidate package, so that rules and their engine cannot differ in version.

Usage: python -m tools.proto build | lint | breaking | release
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
GEN = ROOT / "gen"
RELEASED = PROTO / "released.binpb"
VALIDATE = "buf/validate/validate.proto"

# Generated modules import each other from the root of the proto tree; ours live below `gen`.
_IMPORT = re.compile(r"^(from|import) (consilium|buf)([. ])", re.MULTILINE)
_QUALIFIED = re.compile(r"(?<![\w.\"'/])(consilium|buf)\.(?=[\w.]*_pb2)")


def sources() -> list[str]:
    """Name every proto file of ours, relative to `proto/`, sorted."""
    return sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))


def validate_descriptor() -> bytes:
    """Give a FileDescriptorSet with validate.proto and what it imports."""
    from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
    from protovalidate._gen.buf.validate import validate_pb

    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb._DESC.proto.to_binary())
    return files.SerializeToString()


def protoc(arguments: list[str], files: list[str], folder: Path = PROTO) -> None:
    """Run protoc with the field rules at hand; raise on the first error, which protoc prints itself."""
    import grpc_tools

    with tempfile.TemporaryDirectory() as scratch:
        rules = Path(scratch) / "validate.binpb"
        rules.write_bytes(validate_descriptor())
        known = Path(grpc_tools.__file__).parent / "_proto"
        command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={folder}", f"--proto_path={known}"]
        subprocess.run([*command, f"--descriptor_set_in={rules}", *arguments, *files], check=True)


def build() -> None:
    """Make `gen/` anew: messages, stubs and their types, importable as `gen.consilium…`."""
    target = Path(tempfile.mkdtemp(prefix="gen-"))
    mypy = Path(sys.executable).parent / "protoc-gen-mypy"
    mypy_grpc = Path(sys.executable).parent / "protoc-gen-mypy_grpc"
    protoc(
        [
            f"--python_out={target}",
            f"--grpc_python_out={target}",
            f"--plugin=protoc-gen-mypy={mypy}",
            f"--plugin=protoc-gen-mypy_grpc={mypy_grpc}",
            f"--mypy_out=quiet:{target}",
            f"--mypy_grpc_out=quiet:{target}",
        ],
        [*sources(), VALIDATE],
    )
    for path in target.rglob("*.py*"):
        text = path.read_text()
        text = _IMPORT.sub(r"\1 gen.\2\3", text)
        if path.suffix == ".pyi":
            text = _QUALIFIED.sub(r"gen.\1.", text)
        path.write_text(text)
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        (folder / "__init__.py").touch()
    if GEN.exists():
        shutil.rmtree(GEN)
    shutil.move(str(target), GEN)


def image(target: Path, *, comments: bool) -> None:
    """Write one descriptor set with everything that our files need."""
    flags = ["--include_imports", f"--descriptor_set_out={target}"]
    protoc(flags + (["--include_source_info"] if comments else []), sources())


def buf(arguments: list[str]) -> None:
    """Run buf; its findings go to the screen, a finding ends the command."""
    subprocess.run([str(Path(sys.executable).parent / "buf"), *arguments], check=True, cwd=PROTO)


def lint() -> None:
    """Check spelling, comments and shapes by proto/buf.yaml."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "image.binpb"
        image(target, comments=True)
        buf(["lint", str(target), "--config", str(PROTO / "buf.yaml")])


def breaking() -> None:
    """Compare with the last released contracts; nothing to compare before the first release."""
    if not RELEASED.exists():
        print("proto: no released contracts yet, nothing can break")
        return
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "image.binpb"
        image(target, comments=False)
        buf(["breaking", str(target), "--against", str(RELEASED), "--config", str(PROTO / "buf.yaml")])


def release() -> None:
    """Freeze today's contracts as the ones that later changes may not break."""
    image(RELEASED, comments=False)


if __name__ == "__main__":
    {"build": build, "lint": lint, "breaking": breaking, "release": release}[sys.argv[1]]()
