import { fetchRecent } from './recent-events';
import { SharedFeed } from './shared-feed';

const feed = new SharedFeed({ fetchRecent });

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const receive = feed.attach(port);
  port.onmessage = ({ data }) => receive(data);
});
