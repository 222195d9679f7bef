import { fetchRecent } from './recent-events';
import { createHub } from './shared-feed';

const hub = createHub({ fetchRecent: fetchRecent });

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const receive = hub.attach(port);
  port.onmessage = ({ data }) => receive(data);
});
