terraform {
  required_version = ">= 1.4"
}

variable "name" {
  description = "Who is greeted."
  type        = string
  default     = "world"
}

# Nothing here needs a provider to be downloaded or an account anywhere: `terraform_data` is built in.
resource "terraform_data" "network" {
  input = "10.0.0.0/16"
}

resource "terraform_data" "subnet" {
  count = 2
  input = cidrsubnet(terraform_data.network.output, 8, count.index)
}

# Slow on purpose, so that there is something to watch.
resource "terraform_data" "database" {
  input = "db.${terraform_data.subnet[0].output}"

  provisioner "local-exec" {
    interpreter = ["sh", "-c"]
    command     = "for part in disk engine users; do echo \"preparing the $part\"; sleep 2; done"
  }
}

resource "terraform_data" "server" {
  input = "web.${terraform_data.subnet[1].output}"

  depends_on = [terraform_data.database]
}

module "greeting" {
  source = "./modules/greeting"
  name   = var.name
  server = terraform_data.server.output
}

output "greeting" {
  value = module.greeting.text
}

output "subnets" {
  value = terraform_data.subnet[*].output
}

output "database_password" {
  description = "Shown nowhere."
  value       = "not-a-real-password"
  sensitive   = true
}
