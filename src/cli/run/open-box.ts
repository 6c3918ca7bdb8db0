import { createClock } from '../../io/clock.ts';
import type { Clock } from '../../io/clock.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { findOperator } from '../compose/find-operator.ts';
import type { CommandContext } from '../command.ts';
import { openOwnControlPlane } from '../compose/own-control-plane.ts';
import { startOwnRunner, type OwnRunner } from '../compose/own-runner.ts';
import type { RunRequest } from './read-request.ts';
import { waitForOthers } from './wait-for-others.ts';

/** A control plane to run on, and a runner where it has none. */
export interface Box {
  operator: OperatorClient;
  /** Null: the control plane has runners already. */
  runner: OwnRunner | null;
  isEmbedded: boolean;
  close(): Promise<void>;
}

const OPENING_MS = 20_000;
const LOOK_MS = 200;

const isCode = (error: unknown, code: string): boolean => error instanceof SignalboxError && error.code === code;

const joinLive = async (context: CommandContext, request: RunRequest, operator: OperatorClient): Promise<Box> => {
  const isServed = (await operator.listRunners()).some(({ status }) => status === 'online');
  const { data, logger } = context;
  const runner = isServed
    ? null
    : await startOwnRunner({ data, operator, logger, tools: request.tools }).catch((error: unknown) => {
        // `up` is just bringing it along.
        if (isCode(error, 'STATE_DIR_IN_USE')) return null;
        throw error;
      });
  return {
    operator,
    runner,
    isEmbedded: false,
    close: async () => {
      await runner?.end();
      await operator.close();
    },
  };
};

const openEmbedded = async (context: CommandContext, request: RunRequest, clock: Clock): Promise<Box> => {
  const { data, logger, output, interrupted } = context;
  const own = await openOwnControlPlane({ data, port: request.port, logger, output });
  const since = clock.now();
  try {
    const runner = await startOwnRunner({ data, operator: own.operator, logger, tools: request.tools });
    return {
      operator: own.operator,
      runner,
      isEmbedded: true,
      close: async () => {
        await waitForOthers({ operator: own.operator, output, clock, since, interrupted });
        await runner.end();
        await own.close();
      },
    };
  } catch (error) {
    await own.close();
    throw error;
  }
};

/** The control plane of this user that is up, else one of its own over the same data. */
export const openBox = async (context: CommandContext, request: RunRequest): Promise<Box> => {
  const clock = createClock();
  const until = clock.elapsed() + OPENING_MS;
  for (;;) {
    const live = await findOperator(context.data);
    if (live !== null) {
      try {
        return await joinLive(context, request, live);
      } catch (error) {
        await live.close();
        if (!isCode(error, 'CONTROL_PLANE_UNREACHABLE') || clock.elapsed() > until) throw error;
      }
    } else {
      try {
        return await openEmbedded(context, request, clock);
      } catch (error) {
        // Another process has the data and does not serve yet, or serves no more.
        if (!isCode(error, 'DATA_IN_USE') || clock.elapsed() > until) throw error;
      }
    }
    if (context.interrupted.aborted)
      throw new SignalboxError('PIPELINE_STOPPED', { problem: 'interrupted before its start' });
    await clock.wait(LOOK_MS, context.interrupted);
  }
};
