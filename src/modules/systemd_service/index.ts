import { systemdModule } from '../systemd/unit.ts';

/** Units of systemd, under Ansible's newer name. */
export const module = systemdModule('systemd_service');
