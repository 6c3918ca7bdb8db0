variable "name" {
  type = string
}

variable "server" {
  type = string
}

resource "terraform_data" "text" {
  input = "Hello, ${var.name}! ${var.server} is up."
}

output "text" {
  value = terraform_data.text.output
}
