// Shows what the push service brings, also while no page is open; and what pages themselves ask it to show.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  // Browsers want something to be seen for each push, whatever is in it.
  let message = { title: 'Hostbeat', body: '' };
  try {
    message = { ...message, ...event.data.json() };
  } catch {}
  const { title, body, tag, isOver } = message;
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, renotify: Boolean(tag) && !isOver }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const open = async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const [page] = pages.filter(({ url }) => !new URL(url).pathname.startsWith('/embed/'));
    return page ? page.focus() : self.clients.openWindow('/');
  };
  event.waitUntil(open());
});
