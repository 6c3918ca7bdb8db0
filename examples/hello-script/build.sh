for part in one two three; do
  echo "building part $part"
  sleep 1
done
