echo "Three stages of shell steps ran through the same machines as any Terraform job."
