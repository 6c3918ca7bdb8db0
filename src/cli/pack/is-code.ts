/** True for names of files that Terraform or OpenTofu reads as code: not hidden ones, not an editor's copies. */
export const isCode = (name: string): boolean => /^[^.#].*\.(tf|tofu)(\.json)?$/.test(name);
