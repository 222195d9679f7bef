import { AlertLines } from './alert-lines';
import { BellMenu } from './bell-menu';
import { Toaster } from './toaster';

export { AlertLines, BellMenu, Toaster };
