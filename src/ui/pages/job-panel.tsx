import type { JobView, PipelineView } from '../../protocol/rest.ts';
import { useKeys } from '../keys.ts';
import { LogView } from '../log/log-view.tsx';
import { ApprovalBox } from '../parts/approval.tsx';
import { Changes } from '../parts/changes.tsx';
import { JobSide } from '../parts/job-side.tsx';
import { ReasonBox } from '../parts/reason.tsx';
import { EvidencePanel } from '../reconcile/evidence-panel.tsx';
import { TABS, toAddress, type PipelineRoute, type Tab } from '../route.ts';
import { goTo } from '../router.ts';
import { Machines } from '../statechart/machines.tsx';

const TITLES: Record<Tab, string> = { output: 'Output', changes: 'Changes', machine: 'Machine' };

/** The chosen job: why first, then its steps beside its output, changes or machines. */
export const JobPanel = ({ pipeline, job, route }: { pipeline: PipelineView; job: JobView; route: PipelineRoute }) => {
  const toTab = (tab: Tab): PipelineRoute => ({ ...route, job: job.key, tab, line: null });
  useKeys(Object.fromEntries(TABS.map((tab, index) => [String(index + 1), () => goTo(toTab(tab))])));
  return (
    <section class="job" aria-label={job.title}>
      {job.reason === null ? null : <ReasonBox reason={job.reason} status={job.status} />}
      {job.reconciliation === null ? null : <EvidencePanel job={job} />}
      {job.status === 'manual' ? <ApprovalBox job={job} /> : null}
      <div class="job-columns">
        <JobSide job={job} />
        <div class="job-main">
          <nav class="tabs" aria-label="Views of this job">
            {TABS.map((tab) => (
              <a key={tab} href={toAddress(toTab(tab))} aria-current={tab === route.tab}>
                {TITLES[tab]}
              </a>
            ))}
          </nav>
          {route.tab === 'output' ? <LogView key={job.attempt ?? job.id} job={job} route={route} /> : null}
          {route.tab === 'changes' ? <Changes job={job} /> : null}
          {route.tab === 'machine' ? (
            <Machines
              machines={[pipeline.machine, ...job.machines]}
              chosen={route.machine}
              toHref={({ path }) => toAddress({ ...route, job: job.key, machine: path })}
            />
          ) : null}
        </div>
      </div>
    </section>
  );
};
