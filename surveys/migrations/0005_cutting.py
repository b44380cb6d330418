import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0004_under_pseudonyms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='response',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey'),
        ),
        migrations.AlterField(
            model_name='response',
            name='respondent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.respondent'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('cut_at__isnull', True), ('cut_at__gt', models.F('closes_at')), _connector='OR'), name='invitation_cut_once_closed'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('cut_at__isnull', True), ('answered_at__isnull', True), ('answered_at', models.F('closes_at')), _connector='OR'), name='invitation_cut_tells_no_moment'),
        ),
        migrations.AddConstraint(
            model_name='answerkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('destroyed_at__isnull', False), _connector='OR'), name='answer_key_or_when_it_was_destroyed'),
        ),
        migrations.AddConstraint(
            model_name='respondent',
            constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', False), models.Q(('again', False), ('arm', ''), ('arm_by_model', ''), ('chosen', ''), ('chosen_by_model', '')), _connector='OR'), name='respondent_stands_in_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_in__isnull', True), ('invitation__isnull', False)), models.Q(('closed_in__isnull', False), ('contact_me', False), ('invitation__isnull', True), ('submitted_at__isnull', False)), _connector='OR'), name='response_cut_was_sent'),
        ),
    ]
