import './styles/tokens.css';
import './styles/base.css';
import './styles/pages.css';
import './styles/reconcile.css';
import './styles/log.css';
import './styles/statechart.css';
import { App } from './app.tsx';
import { startKeys } from './keys.ts';
import { render } from './preact.ts';
import { startRouter } from './router.ts';
import { startTheme } from './theme.ts';

startTheme();
startRouter();
startKeys();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
