import { ModuleError } from '../define.ts';
import { isMissing } from '../mysql/errors.ts';
import { loginOf, shownLogin } from '../mysql/login.ts';
import { quoteName, withSession } from '../mysql/session.ts';
import type { OpenMysql } from '../mysql/session.ts';
import type { InitArgs } from './args.ts';

/**
 * True when the MetaDB has the region's row in cluster_info. Without a login, rm_db or location: false.
 * Throws ModuleError when the code belongs to another region.
 */
export async function regionIsThere(given: InitArgs, open: OpenMysql): Promise<boolean> {
  const login = loginOf(given);
  const { rm_db, location, region } = given;
  if (!login || rm_db === undefined || location === undefined) return false;
  const sql = `SELECT region FROM ${quoteName(rm_db)}.cluster_info WHERE code = ?`;
  try {
    const { rows } = await withSession(open(login), (session) => session.query(sql, [location]));
    const found = rows[0]?.['region'];
    if (rows.length === 0) return false;
    if (region === undefined || found === region) return true;
    throw new ModuleError({
      message: `cm_location ${location} belongs to region ${JSON.stringify(found)} in ${rm_db}.cluster_info, not to ${region}`,
      hint: `Give region ${region} another cm_location, or look whether ${shownLogin(login)} is the right MetaDB.`,
    });
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
