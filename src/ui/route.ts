export const TABS = ['output', 'changes', 'machine'] as const;
export type Tab = (typeof TABS)[number];

/** What the address says: every view has one. */
export type Route =
  | { page: 'pipelines' }
  | {
      page: 'pipeline';
      id: string;
      job: string | null;
      tab: Tab;
      machine: string | null;
      line: number | null;
      find: string;
    }
  | { page: 'unknown'; path: string };
export type PipelineRoute = Extract<Route, { page: 'pipeline' }>;

const toTab = (text: string | null): Tab => TABS.find((tab) => tab === text) ?? 'output';
const toLine = (text: string | null): number | null =>
  text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;

export const readRoute = (path: string, search: string): Route => {
  if (path === '/') return { page: 'pipelines' };
  const id = /^\/pipelines\/([\w-]+)\/?$/.exec(path)?.[1];
  if (id === undefined) return { page: 'unknown', path };
  const query = new URLSearchParams(search);
  return {
    page: 'pipeline',
    id,
    job: query.get('job'),
    tab: toTab(query.get('tab')),
    machine: query.get('machine'),
    line: toLine(query.get('line')),
    find: query.get('find') ?? '',
  };
};

export const toAddress = (route: Route): string => {
  if (route.page === 'pipelines') return '/';
  if (route.page === 'unknown') return route.path;
  const query = new URLSearchParams();
  if (route.job !== null) query.set('job', route.job);
  if (route.tab !== 'output') query.set('tab', route.tab);
  if (route.machine !== null) query.set('machine', route.machine);
  if (route.line !== null) query.set('line', String(route.line));
  if (route.find !== '') query.set('find', route.find);
  return `/pipelines/${route.id}${query.size > 0 ? `?${query}` : ''}`;
};

export const toPipelineRoute = (id: string, more: Partial<PipelineRoute> = {}): PipelineRoute => ({
  page: 'pipeline',
  id,
  job: null,
  tab: 'output',
  machine: null,
  line: null,
  find: '',
  ...more,
});
