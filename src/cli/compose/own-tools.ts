import { createClock } from '../../io/clock.ts';
import { createHttp } from '../../io/http.ts';
import { createTools, type Tools } from '../../io/tools/tools.ts';
import type { CommandContext } from '../command.ts';
import { toDownloadLine } from '../show/download-line.ts';
import type { ToolChoice } from '../tool-options.ts';
import { toDataDirectories } from './data-directories.ts';

/** Asks for tools as the own runner will, with a progress bar where one is downloaded: the runner then finds it kept. */
export const withOwnTools = async <T>(
  { data, env, output, tools }: Pick<CommandContext, 'data' | 'env' | 'output'> & { tools: ToolChoice },
  ask: (tools: Tools) => Promise<T>,
): Promise<T> => {
  const clock = createClock();
  const http = createHttp({ clock });
  try {
    return await ask(
      createTools({
        cacheDir: toDataDirectories(data).cache,
        path: tools.terraformPath,
        environmentPath: env['PATH'] ?? '',
        releasesUrl: tools.releasesUrl,
        http,
        clock,
        onProgress: (progress) => output.progress(toDownloadLine(progress)),
      }),
    );
  } finally {
    output.progress(null);
    await http.close();
  }
};
