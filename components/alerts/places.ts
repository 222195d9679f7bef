/** The pages about alerts and events, in the order in which they are offered. */
export const places = [
  { key: 'alerts', href: '/alerts' },
  { key: 'rules', href: '/alerts/rules' },
  { key: 'silences', href: '/alerts/silences' },
  { key: 'events', href: '/events' },
  { key: 'notifications', href: '/notifications' },
] as const;
