import type { DataMap } from '../../../model/data.ts';
import type { FactGroup } from '../group.ts';

const DMI = '/sys/class/dmi/id';

/** Files of the firmware by the names of the facts. */
const DMI_FACTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['bios_date', 'bios_vendor', 'bios_version', 'board_asset_tag', 'board_name', 'board_serial'],
      ...['board_vendor', 'board_version', 'chassis_asset_tag', 'chassis_serial', 'chassis_vendor'],
      ...['chassis_version', 'product_name', 'product_serial', 'product_uuid', 'product_version'],
    ].map((name) => [name, name]),
  ),
  system_vendor: 'sys_vendor',
};

/** What the firmware says of the machine; `NA` where it says nothing, as in Ansible. */
export const dmi: FactGroup = {
  name: 'dmi',
  facts: Object.keys(DMI_FACTS),
  files: [`${DMI}/[bcp]*_*`, `${DMI}/sys_vendor`],
  read: (answer) => ({
    facts: Object.fromEntries(
      Object.entries(DMI_FACTS).map(([name, file]) => [name, answer.line(`${DMI}/${file}`) ?? 'NA']),
    ),
  }),
};

/** How long it is up, and how busy. */
export const load: FactGroup = {
  name: 'load',
  facts: ['uptime_seconds', 'loadavg'],
  files: ['/proc/uptime', '/proc/loadavg'],
  read: (answer) => {
    const uptime = Number.parseFloat(answer.line('/proc/uptime') ?? '');
    const [one, five, fifteen] = (answer.line('/proc/loadavg') ?? '').split(' ').map(Number);
    const facts: DataMap = {
      ...(Number.isNaN(uptime) ? {} : { uptime_seconds: Math.floor(uptime) }),
      ...(fifteen === undefined ? {} : { loadavg: { '1m': one ?? 0, '5m': five ?? 0, '15m': fifteen } }),
    };
    return { facts };
  },
};
