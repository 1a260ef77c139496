# Sourced by quickstart.sh and test.sh: sets $python to a Python of 3.11 or newer, or ends with one clear line.
python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null) || found="没有找到 python3"
    echo "需要 Python 3.11 或更新版本（本机：$found）。请先安装，例如 Debian 12：apt-get install python3 python3-venv，再运行本命令。" >&2
    exit 1
fi
