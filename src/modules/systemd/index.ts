import { systemdModule } from './unit.ts';

/** Units of systemd. */
export const module = systemdModule('systemd');
