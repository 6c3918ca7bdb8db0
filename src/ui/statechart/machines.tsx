import type { MachineView } from '../../protocol/rest.ts';
import { Statechart } from './statechart.tsx';

/** The machines behind a job, one of them drawn. `chosen` is an actor path; else the job's own is shown. */
export const Machines = (props: {
  machines: MachineView[];
  chosen: string | null;
  toHref: (machine: MachineView) => string;
}) => {
  const { machines } = props;
  const shown =
    machines.find(({ path }) => path === props.chosen) ??
    machines.find(({ machine }) => machine === 'job') ??
    machines[0];
  if (shown === undefined) return <p class="empty">No machine has reported yet.</p>;
  return (
    <div class="machines">
      <ul class="machine-list" aria-label="Machines">
        {machines.map((machine) => (
          <li key={machine.path}>
            <a
              class={`machine phase-${machine.phase}`}
              href={props.toHref(machine)}
              aria-current={machine.path === shown.path}
              title={machine.path}
            >
              {toName(machine)}
              <code>{machine.state}</code>
            </a>
          </li>
        ))}
      </ul>
      <Statechart machine={shown} />
    </div>
  );
};

/** `runner/job.job_….1/step.0` → `step.0`; ids tell a reader nothing and stand in the title. */
const toName = ({ path, machine }: MachineView): string => {
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/\.job_.*$/, '');
  return last.startsWith(machine) ? last : `${machine} · ${last}`;
};
