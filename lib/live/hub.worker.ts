import { createHub } from './hub';

const hub = createHub();

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const receive = hub.attach(port);
  port.onmessage = ({ data }) => receive(data);
});
