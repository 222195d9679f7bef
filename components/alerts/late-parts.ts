import { AlertLines } from './alert-lines';
import { BellMenu } from './bell-menu';
import { useDuration } from './duration';
import { Toaster } from './toaster';
import { useAlertWords } from './words';

export { AlertLines, BellMenu, Toaster, useAlertWords, useDuration };
