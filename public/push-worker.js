// Shows what the push service brings, also while no page is open; and what pages themselves ask it to show.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  // Browsers want something to be seen for each push, whatever is in it.
  let message = { title: 'Hostbeat', body: '', alertId: null };
  try {
    message = { ...message, ...event.data.json() };
  } catch {}
  const { title, body, tag, isOver, alertId } = message;
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      renotify: Boolean(tag) && !isOver,
      data: { alertId },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { alertId } = event.notification.data ?? {};
  const path = alertId ? `/alerts/${encodeURIComponent(alertId)}` : '/alerts';
  const open = async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const page = pages.find(({ url }) => new URL(url).pathname === path);
    return page ? page.focus() : self.clients.openWindow(path);
  };
  event.waitUntil(open());
});
