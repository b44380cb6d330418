import django.db.models.deletion
import django.db.models.functions.text
import participants.confidential
import participants.zones
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('participants', '0001_initial'),
        ('participants', '0002_chained_entries'),
        ('participants', '0004_own_data'),
        ('participants', '0005_pauses'),
        ('participants', '0006_sent_forms'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('timezone', models.CharField(default='UTC', max_length=64, validators=[participants.zones.validate_zone])),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('link_version', models.PositiveIntegerField(default=1)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_is_lower_case'), models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('email__endswith', '@erased.invalid'), ('is_active', False), ('is_staff', False)), _connector='OR'), name='user_erased_is_nobody')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verb', models.CharField(max_length=60)),
                ('program_id', models.BigIntegerField(db_index=True, null=True)),
                ('subject_type', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('detail', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_exports', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('file', models.FileField(blank=True, max_length=200, upload_to='own-data/')),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'ready', 'failed'])), name='data_export_state_known'), models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('user',), name='one_data_export_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('expires_at__isnull', False), ('ready_at__isnull', False), models.Q(('file', ''), _negated=True)), _connector='OR'), name='data_export_ready_has_a_file')],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to=settings.AUTH_USER_MODEL)),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['begins_at', 'pk'],
                'indexes': [models.Index(fields=['user', 'ends_at'], name='participant_user_id_pause_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('begins_at'))), name='pause_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='RetentionChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('days', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('days__range', (0, 3660))), name='retention_0_to_10_years')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('admin', 'Admin'), ('coordinator', 'Coordinator'), ('safeguarding_lead', 'Safeguarding lead')], max_length=20)),
                ('granted_at', models.DateTimeField()),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role'), name='one_grant_of_a_role_each'), models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'coordinator', 'safeguarding_lead'])), name='role_grant_role_known')],
            },
        ),
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64)),
                ('body', models.CharField(max_length=64)),
                ('led_to', participants.confidential.ConfidentialTextField(default='')),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='form_sent_once')],
            },
        ),
    ]
