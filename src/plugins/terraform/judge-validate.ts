import * as z from 'zod';
import type { JudgeInput, Verdict } from '../plugin.ts';
import { ansi } from './ansi.ts';
import { Diagnostic } from './message.ts';
import { readDocument } from './read-document.ts';
import { renderDiagnostic } from './render-diagnostic.ts';
import { toSentence } from './to-sentence.ts';
import { toContradiction, toStepFailed, toSucceeded } from './verdicts.ts';

const Report = z.looseObject({ valid: z.boolean(), diagnostics: z.array(Diagnostic).default([]) });
const SUCCESS = `${ansi.bold(ansi.green('Success!'))} The configuration is valid`;

/** `validate -json`: valid only where the exit code and the report both say so. */
export const judgeValidate = (input: JudgeInput): Verdict => {
  const { document, exitCode } = input;
  const report = Report.safeParse(readDocument(document ?? '')).data;
  if (!report) {
    const more = { shownText: document ?? '' };
    return exitCode === 0
      ? toContradiction(input, 'TOOL_EVIDENCE', 'it wrote no report', more)
      : toStepFailed(input, null, more);
  }
  const { valid, diagnostics } = report;
  const boxes = diagnostics.map(renderDiagnostic).join('');
  const first = diagnostics.find(({ severity }) => severity === 'error');
  if (valid && exitCode === 0) {
    const but = diagnostics.length > 0 ? ', but there were some validation warnings as shown above' : '';
    return toSucceeded(input, { shownText: `${boxes}${SUCCESS}${but}.\n` });
  }
  if (!valid && exitCode !== 0) return toStepFailed(input, first ? toSentence(first) : null, { shownText: boxes });
  const problem = valid ? 'the report calls the code valid' : 'the report calls the code invalid';
  return toContradiction(input, 'TOOL_EVIDENCE', problem, { shownText: boxes });
};
