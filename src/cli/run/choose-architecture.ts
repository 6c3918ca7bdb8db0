import { basename } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import { Name, type ArchitectureView } from '../../protocol/rest.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { LINK_FILE, readLinkFile, writeLinkFile } from '../pack/link-file.ts';
import type { RunRequest } from './read-request.ts';

export interface Choice {
  architecture: ArchitectureView;
  /** What the user should know about it, in sentences. */
  notes: string[];
}

const usage = (problem: string) => new SignalboxError('USAGE', { problem, command: 'run' });

const toName = (directory: string): string => {
  const name = basename(directory);
  if (Name.safeParse(name).success) return name;
  throw usage(`\`${name}\` is no name for an architecture; give it one with \`--new NAME\``);
};

/**
 * Which architecture the code in `directory` belongs to: what the flags say, else its link file, else a new one under the
 * directory's name. The code is linked at the first run. Throws `ARCHITECTURE_UNKNOWN`, `ARCHITECTURE_EXISTS`.
 */
export const chooseArchitecture = async (options: {
  operator: Pick<OperatorClient, 'findArchitecture' | 'createArchitecture'>;
  directory: string;
  /** As the user wrote it. */
  shown: string;
  request: Pick<RunRequest, 'architecture' | 'kind'>;
  chooseKind: () => Promise<'terraform' | 'opentofu'>;
  /** Throws where no architecture may be made. */
  beforeNew: (name: string) => void;
}): Promise<Choice> => {
  const { operator, directory, shown, request } = options;
  const linked = await readLinkFile(directory);
  const notes: string[] = [];

  const find = async (name: string): Promise<ArchitectureView> => {
    const found = await operator.findArchitecture(name);
    if (found === null) throw new SignalboxError('ARCHITECTURE_UNKNOWN', { name });
    if (found.kind === 'script') throw usage(`${name} is an architecture of scripts, which \`run\` does not run`);
    if (request.kind !== null && request.kind !== found.kind)
      throw usage(`${name} is run with ${found.kind}; \`--tool ${request.kind}\` cannot change that`);
    return found;
  };
  const create = async (name: string): Promise<ArchitectureView> => {
    if ((await operator.findArchitecture(name)) !== null)
      throw new SignalboxError('ARCHITECTURE_EXISTS', { name, path: shown });
    options.beforeNew(name);
    const made = await operator.createArchitecture({ name, kind: await options.chooseKind() });
    notes.push(`This is a new architecture, ${name}, run with ${made.kind}.`);
    return made;
  };

  const wanted = request.architecture;
  const architecture =
    wanted?.wish === 'new'
      ? await create(wanted.name)
      : wanted || linked !== null
        ? await find(wanted?.name ?? linked ?? '')
        : await create(toName(directory));
  if (linked === null) notes.push(await link(directory, architecture.name));
  else if (linked !== architecture.name)
    notes.push(`${LINK_FILE} links this code to ${linked}; this run uses ${architecture.name}, as asked.`);
  return { architecture, notes };
};

const link = async (directory: string, name: string): Promise<string> => {
  try {
    await writeLinkFile(directory, name);
    return `${LINK_FILE} links this code to ${name}; commit it.`;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return `${LINK_FILE} could not be written (${problem}); the next run needs \`--architecture ${name}\`.`;
  }
};
