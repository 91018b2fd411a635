import { all, library } from './types.ts';
import type { Library } from './types.ts';

const routing = (of: string, names: string) => all('python-routing', names.replace(/\S+/g, `${of}.$&`));
const errors = (status: number, names: string) => all(`http-error:${status}`, names);

/** Frameworks of Python that answer requests: what makes an application, what adds to one, and what ends a request. */
export default [
  library(['py:fastapi', 'py:starlette'], {
    FastAPI: { returns: 'Application' },
    'applications.FastAPI': { returns: 'Application' },
    'applications.Starlette': { returns: 'Application' },
    APIRouter: { returns: 'Router' },
    'routing.APIRouter': { returns: 'Router' },
    'routing.Router': { returns: 'Router' },
    ...routing('Application', 'include_router mount add_api_route add_route'),
    ...routing('Router', 'include_router mount add_api_route add_route'),
    CORSMiddleware: { means: 'cors' },
    HTTPException: { means: 'http-error' },
    'exceptions.HTTPException': { means: 'http-error' },
  }),
  library(['py:flask', 'py:quart', 'py:apiflask', 'py:flask_openapi3'], {
    Flask: { returns: 'Application' },
    Quart: { returns: 'Application' },
    APIFlask: { returns: 'Application' },
    OpenAPI: { returns: 'Application' },
    Blueprint: { returns: 'Blueprint' },
    APIBlueprint: { returns: 'Blueprint' },
    'blueprints.Blueprint': { returns: 'Blueprint' },
    ...routing('Application', 'register_blueprint add_url_rule before_request'),
    ...routing('Blueprint', 'register_blueprint add_url_rule before_request'),
    abort: { means: 'http-error' },
  }),
  library(['py:flask_restful', 'py:flask_restx', 'py:flask_smorest'], {
    Api: { returns: 'Api' },
    Namespace: { returns: 'Api' },
    Blueprint: { returns: 'Blueprint' },
    'Api.namespace': { returns: 'Api' },
    ...routing('Api', 'add_resource add_namespace register_blueprint'),
    abort: { means: 'http-error' },
  }),
  library(['py:flask_cors'], { CORS: { means: 'cors' } }),
  library(['py:werkzeug'], {
    ...errors(400, 'exceptions.BadRequest'),
    ...errors(401, 'exceptions.Unauthorized'),
    ...errors(403, 'exceptions.Forbidden'),
    ...errors(404, 'exceptions.NotFound'),
    'exceptions.abort': { means: 'http-error' },
    ...all('password-hash', 'security.generate_password_hash'),
    ...all('password-verify', 'security.check_password_hash'),
    'exceptions.HTTPException': { means: 'http-error' },
  }),
  library(['py:django'], {
    ...errors(403, 'core.exceptions.PermissionDenied'),
    ...errors(404, 'http.Http404'),
    ...errors(400, 'core.exceptions.SuspiciousOperation core.exceptions.BadRequest'),
    ...all('guard:authentication', 'contrib.auth.decorators.login_required'),
    ...all('guard:role', 'contrib.auth.decorators.permission_required contrib.admin.views.decorators.staff_member_required'),
    ...all('guard:other', 'contrib.auth.decorators.user_passes_test'),
    ...all('guard:csrf', 'views.decorators.csrf.csrf_protect views.decorators.csrf.requires_csrf_token'),
    ...all(
      'http-methods',
      'views.decorators.http.require_http_methods views.decorators.http.require_POST views.decorators.http.require_GET views.decorators.http.require_safe',
    ),
    ...all('view-setting', 'views.decorators.csrf.csrf_exempt'),
    ...all('password-hash', 'contrib.auth.hashers.make_password'),
    ...all('password-verify', 'contrib.auth.hashers.check_password contrib.auth.authenticate'),
  }),
  library(['py:rest_framework', 'py:rest_framework_nested'], {
    'routers.DefaultRouter': { returns: 'Router' },
    'routers.SimpleRouter': { returns: 'Router' },
    ...routing('Router', 'register'),
    ...all('http-methods', 'decorators.api_view'),
    ...all('view-setting', 'decorators.permission_classes decorators.authentication_classes decorators.throttle_classes'),
    ...errors(401, 'exceptions.NotAuthenticated exceptions.AuthenticationFailed'),
    ...errors(403, 'exceptions.PermissionDenied'),
    ...errors(404, 'exceptions.NotFound'),
    ...errors(400, 'exceptions.ValidationError serializers.ValidationError exceptions.ParseError'),
    ...errors(429, 'exceptions.Throttled'),
  }),
] satisfies Library;
