@echo off
rem Fenji into Excel: double-click this file. "install-windows.cmd uninstall" removes it,
rem "install-windows.cmd doctor" looks for what is wrong.
setlocal
chcp 65001 >nul
pushd "%~dp0"
if not exist start.py (
  echo Please unpack the whole folder first, then start this file from it.
  echo 请先解压整个文件夹，再从里面运行本文件。
  pause
  popd
  exit /b 1
)
set "ACTION=%*"
if not defined ACTION set "ACTION=install"
set "PYTHON="
for %%V in (3.13 3.14 3.12 3.11) do (
  if not defined PYTHON py -%%V -c "" >nul 2>nul && set "PYTHON=py -%%V"
)
if not defined PYTHON python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON=python"
if not defined PYTHON (
  echo.
  echo Fenji needs Python 3.11 to 3.14, 64-bit. Get it from https://www.python.org/downloads/windows/
  echo and install it for yourself: no administrator is needed. Then start this file again.
  echo The Python of the Microsoft Store will not do.
  echo.
  echo Fenji 需要 64 位的 Python 3.11 至 3.14。请到 https://www.python.org/downloads/windows/
  echo 下载并安装给自己使用，无需管理员权限，然后重新运行本文件。
  echo 微软应用商店里的 Python 不能用。
  echo.
  pause
  popd
  exit /b 1
)
%PYTHON% start.py %ACTION%
set "RESULT=%ERRORLEVEL%"
echo.
pause
popd
exit /b %RESULT%
