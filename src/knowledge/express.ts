import { all, library } from './types.ts';

const verbs = 'get post put patch delete options head all';

export default library(['express'], {
  default: { means: 'app', returns: 'Application' },
  application: { means: 'app', returns: 'Application' },
  Router: { means: 'router', returns: 'Router' },
  ...all('body-parser', 'json urlencoded raw text'),
  static: { means: 'static-files' },
  ...Object.fromEntries(
    ['Application', 'Router'].flatMap((name) => Object.entries(all('route', verbs)).map(([verb, entry]) => [`${name}.${verb}`, entry])),
  ),
  ...Object.fromEntries(Object.entries(all('route', verbs)).map(([verb, entry]) => [`Route.${verb}`, entry])),
  'Application.use': { means: 'mount' },
  'Router.use': { means: 'mount' },
  'Application.route': { means: 'route-path', returns: 'Route' },
  'Router.route': { means: 'route-path', returns: 'Route' },
  'Application.param': { means: 'param' },
  'Router.param': { means: 'param' },
  'Application.listen': { means: 'listen' },
  'Application.listen.on': { means: 'http-on' },
  'Application.ws': { means: 'live-route' },
  'Router.ws': { means: 'live-route' },
  'Application.set': { means: 'app-setting' },
  'Application.disable': { means: 'app-setting' },
  'Application.enable': { means: 'app-setting' },
});
