// Runs every law in the cage argv[2] and prints `{title: problem or null}`: so that another user can run them.
import type { Cage } from '../../../src/io/process/process.ts';
import { clock, createLawContext } from './process-laws-context.ts';
import { ALL_LAWS } from './all-laws.ts';

const results: Record<string, string | null> = {};
for (const [title, law] of Object.entries(ALL_LAWS)) {
  const context = await createLawContext(process.argv[2] as Cage);
  try {
    await Promise.race([
      law(context),
      clock.wait(30_000).then(() => Promise.reject(new Error('took longer than 30 s'))),
    ]);
    results[title] = null;
  } catch (error) {
    results[title] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  context.dispose();
}
process.stdout.write(JSON.stringify(results), () => process.exit());
