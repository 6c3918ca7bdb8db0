import { PipelinePage } from './pages/pipeline-page.tsx';
import { PipelinesPage } from './pages/pipelines-page.tsx';
import { Banner } from './parts/banner.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { route } from './router.ts';

const Page = () => {
  const at = route.value;
  if (at.page === 'pipelines') return <PipelinesPage />;
  if (at.page === 'pipeline') return <PipelinePage key={at.id} route={at} />;
  return (
    <main class="page">
      <h1>There is no page {at.path}</h1>
      <p>
        <a href="/">All pipelines</a>
      </p>
    </main>
  );
};

export const App = () => (
  <>
    <TopBar />
    <Banner />
    <Page />
  </>
);
