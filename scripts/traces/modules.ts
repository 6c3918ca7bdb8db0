/** Code of the architecture that the recordings run. */
export const MODULES = {
  two: {
    'main.tf': `resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "second" { input = terraform_data.first.output }
output "second" { value = terraform_data.second.output }
`,
  },
  none: { 'main.tf': '' },
  broken: { 'main.tf': 'resource "terraform_data" "first" { input = local.nowhere }\n' },
  /** Its last resource takes a while; `seconds` of it. */
  slow: (seconds: number) => ({
    'main.tf': `resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "slow" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "echo begin; sleep ${seconds}; echo end" }
}
`,
  }),
  /** The second resource cannot be made. */
  failing: {
    'main.tf': `resource "terraform_data" "first" { input = "one" }
resource "terraform_data" "second" {
  input = terraform_data.first.output
  provisioner "local-exec" { command = "echo 'the cloud said no' >&2; exit 7" }
}
`,
  },
  /** Planning asks `url` for somebody else's state. */
  asking: (url: string) => ({
    'main.tf': `data "terraform_remote_state" "network" {
  backend = "http"
  config  = { address = "${url}/network" }
}
resource "terraform_data" "first" { input = data.terraform_remote_state.network.outputs }
`,
  }),
  /** Needs a module that `url` serves. */
  remote: (url: string) => ({ 'main.tf': `module "part" { source = "${url}/part.tgz" }\n` }),
};
