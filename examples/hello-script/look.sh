echo "This step runs on $(uname -sr), as $(id -un), in $(pwd)."
ls
