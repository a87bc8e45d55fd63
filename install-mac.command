#!/bin/sh
# Fenji into Excel: double-click this file. If macOS refuses it:
# System Settings, Privacy & Security, Open Anyway.
# "install-mac.command uninstall" removes it, "install-mac.command doctor" looks for what is wrong.
cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- install
frameworks=/Library/Frameworks/Python.framework/Versions
for version in 3.13 3.14 3.12 3.11; do
  for python in "$frameworks/$version/bin/python3" "/opt/homebrew/bin/python$version" \
      "/usr/local/bin/python$version"; do
    if "$python" -c "import venv" 2>/dev/null; then
      exec "$python" start.py "$@"
    fi
  done
done
echo "Fenji needs Python 3.11 to 3.14. Get it from https://www.python.org/downloads/macos/ and start this file again."
echo "Fenji 需要 Python 3.11 至 3.14。请到 https://www.python.org/downloads/macos/ 下载安装，然后重新运行本文件。"
exit 1
