import * as z from 'zod';
import { anyData } from '../data.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Arguments of uri. */
export const uriArgs = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\//i, 'it begins with http:// or https://')
    .describe('The address, as the node sees it.'),
  method: z
    .enum(METHODS)
    .default('GET')
    .describe('GET, HEAD and OPTIONS only look; the others count as a change.'),
  body: anyData.optional().describe('What is sent; lists and maps by body_format.'),
  body_format: z.enum(['raw', 'json', 'form-urlencoded']).default('raw').describe('How the body is written.'),
  headers: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Headers of the request.'),
  status_code: z
    .union([z.int(), z.array(z.int()).min(1)], { error: 'a status code, or a list of them' })
    .default(200)
    .describe('Codes that are well.'),
  return_content: z.boolean().default(false).describe('Whether the body of the answer is kept as content.'),
  timeout: z.number().positive().default(30).describe('Seconds for all of it.'),
  validate_certs: z.boolean().default(true).describe('Whether the certificate must be valid.'),
  ca_path: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the controller with the certificates to trust.'),
  url_username: z.string().optional().describe('User for basic authentication.'),
  url_password: z.string().optional().describe('Its password.').meta({ secret: true }),
  force_basic_auth: z
    .boolean()
    .default(true)
    .describe('Taken for Ansible’s sake: user and password are always sent.'),
  follow_redirects: z.enum(['none', 'safe']).default('safe').describe('safe: for methods that only look.'),
});
