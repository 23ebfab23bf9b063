#!/usr/bin/env bash
# Builds crmsheet/data/report/echarts.min.js from the npm packages and copies their licences. Needs npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data="$here/../../crmsheet/data"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/entry.mjs" "$work/"
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund echarts@6.1.0 esbuild@0.25.10
npx esbuild entry.mjs --bundle --minify --format=iife --global-name=echarts --target=es2020 --charset=utf8 \
  --legal-comments=eof --outfile="$data/report/echarts.min.js"
for package in echarts zrender tslib; do
  cp "node_modules/$package"/LICENSE* "$data/licenses/$package-LICENSE.txt"
done
cp node_modules/echarts/NOTICE "$data/licenses/echarts-NOTICE.txt"
cp node_modules/echarts/licenses/LICENSE-d3 "$data/licenses/d3-LICENSE.txt"
