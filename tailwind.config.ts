import type { Config } from 'tailwindcss';

/** One hue per metric, the same in tiles, charts, embeds and marks; the values are in globals.css, per theme. */
const metricHues = {
  cpu: 'var(--hue-cpu)',
  system: 'var(--hue-system)',
  iowait: 'var(--hue-iowait)',
  steal: 'var(--hue-steal)',
  memory: 'var(--hue-memory)',
  cache: 'var(--hue-cache)',
  swap: 'var(--hue-swap)',
  load: 'var(--hue-load)',
  in: 'var(--hue-in)',
  out: 'var(--hue-out)',
};

export default {
  content: ['./app/**/*.{ts,tsx}', './components/**/*.{ts,tsx}'],
  darkMode: ['selector', '[data-theme="dark"]'],
  theme: {
    extend: {
      colors: {
        page: 'var(--page)',
        panel: 'var(--panel)',
        raised: 'var(--raised)',
        line: 'var(--line)',
        ink: 'var(--ink)',
        soft: 'var(--soft)',
        faint: 'var(--faint)',
        good: 'var(--good)',
        warn: 'var(--warn)',
        bad: 'var(--bad)',
        action: 'var(--action)',
        ...metricHues,
      },
      fontFamily: {
        sans: [
          'ui-sans-serif',
          'system-ui',
          '-apple-system',
          '"Segoe UI"',
          'Roboto',
          '"Helvetica Neue"',
          '"Noto Sans"',
          '"Noto Sans SC"',
          '"Noto Sans CJK SC"',
          '"PingFang SC"',
          '"Microsoft YaHei"',
          'sans-serif',
        ],
      },
    },
  },
} satisfies Config;
