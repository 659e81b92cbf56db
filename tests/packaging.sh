#!/usr/bin/env bash
# Tries the packages as people install them: builds sdist and wheel, looks into both, and installs them with pip, pipx and
# uv, for each Python from 3.11 to 3.13 that is here, once with the lowest versions of what is needed. Needs a package index.
#     bash tests/packaging.sh
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIPX_HOME="$work/pipx" PIPX_BIN_DIR="$work/pipx-bin" UV_CACHE_DIR="$work/uv-cache" UV_PYTHON_DOWNLOADS=never
python3 -m venv "$work/tools"
"$work/tools/bin/pip" install -qq build twine pipx uv
tools=$work/tools/bin

try() { # a folder of programs: build, check, and begin an example of one's own
  local bin=$1 there
  there=$(mktemp -d -p "$work")
  cd "$there"
  "$bin/workbook" --version >/dev/null
  "$bin/workbook" build neuron --lang zh >/dev/null
  "$bin/workbook" check output/neuron.zh.xlsx >/dev/null
  "$bin/workbook" new my-example >/dev/null
  cd - >/dev/null
}

echo "== build, and look inside"
"$tools/python" -m build --outdir "$work/dist" . >/dev/null
"$tools/twine" check --strict "$work"/dist/*
wheel=$(echo "$work"/dist/*.whl) sdist=$(echo "$work"/dist/*.tar.gz)
"$tools/python" - "$wheel" "$sdist" <<'PYTHON'
import subprocess, sys, tarfile, zipfile

wheel, sdist = zipfile.ZipFile(sys.argv[1]), tarfile.open(sys.argv[2])
tracked = subprocess.run(["git", "ls-files", "workbook", "scenarios"], check=True, capture_output=True, text=True).stdout.split()
lost = [path for path in tracked if path not in wheel.namelist()]
assert not lost, f"not in the wheel: {lost}"
strange = {name.split("/")[0] for name in wheel.namelist()} - {"workbook", "scenarios"}
assert all(name.endswith(".dist-info") for name in strange), strange
assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
held = {name.partition("/")[2] for name in sdist.getnames()}
assert {"LICENSE", "CITATION.cff", "CHANGELOG.md", "README.zh.md", "docs/start.md", "tests/test_formula.py"} <= held
print(f"{len(tracked)} files of the program are in the wheel; the sdist has its tests and pages")
PYTHON

runs() { "$1" -c 'import venv' 2>/dev/null; }

for version in 3.11 3.12 3.13; do
  python=$(command -v "python$version" || true)
  runs "$python" || python=$(echo "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python)
  if ! runs "$python"; then
    echo "== Python $version: not here, not tried"
    continue
  fi
  echo "== Python $version: pip, wheel; pip, sdist; uv; pipx"
  for package in "$wheel" "$sdist"; do
    "$python" -m venv --clear "$work/pip"
    "$work/pip/bin/pip" install -qq "$package"
    try "$work/pip/bin"
  done
  "$tools/uv" venv -q --clear -p "$python" "$work/uv"
  "$tools/uv" pip install -q -p "$work/uv" "$wheel"
  try "$work/uv/bin"
  "$tools/pipx" install -q --force --python "$python" "$wheel"
  try "$work/pipx-bin"
done

echo "== the lowest versions that are declared"
"$tools/uv" venv -q --clear "$work/lowest"
"$tools/uv" pip install -q -p "$work/lowest" --resolution lowest-direct -r pyproject.toml --extra test
"$tools/uv" pip install -q -p "$work/lowest" --no-deps "$wheel"
"$tools/uv" pip list -q -p "$work/lowest" --format freeze | grep -iE '^(click|numpy|openpyxl|pandas|rich|xlsxwriter|pytest)=='
try "$work/lowest/bin"
mkdir "$work/source" && tar -xzf "$sdist" -C "$work/source" --strip-components 1
(cd "$work/source" && PYTHONSAFEPATH=1 "$work/lowest/bin/python" -m pytest -n 0 -p no:cacheprovider tests/test_formula.py tests/test_new.py tests/test_data.py | tail -1)
echo "all packages hold"
